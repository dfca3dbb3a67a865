import java.io.BufferedReader;
import java.io.InputStreamReader;
import org.apache.maven.artifact.versioning.ComparableVersion;

/** Reads pairs of versions and prints {@code <}, {@code =} or {@code >} for each. */
final class CompareMavenVersions {
    public static void main(String[] arguments) throws Exception {
        var lines = new BufferedReader(new InputStreamReader(System.in)).lines().toList();
        for (String line : lines) {
            String[] pair = line.split(" ");
            int order = new ComparableVersion(pair[0]).compareTo(new ComparableVersion(pair[1]));
            System.out.println(order < 0 ? "<" : order > 0 ? ">" : "=");
        }
    }
}
