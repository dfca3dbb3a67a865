/** Where classes of an artifact lie, and which group publishes it. */
export interface KnownFamily {
  readonly group: string
  /** One of these folders holds classes of it. */
  readonly folders: readonly string[]
  readonly artifacts: readonly string[]
  /** The first major version that this group published. */
  readonly fromMajor?: number
  /** The first major version that another group published. */
  readonly belowMajor?: number
}

/**
 * Software whose archives do not name their group, by the folder of its classes: what is built with Gradle or Ant.
 * An artifact may be published by several groups in turn.
 */
export const knownFamilies: readonly KnownFamily[] = [
  family('org.springframework', 'org/springframework org/apache/commons/logging', [
    'spring spring-aop spring-aspects spring-beans spring-context spring-context-indexer spring-context-support spring-core',
    'spring-expression spring-instrument spring-jcl spring-jdbc spring-jms spring-messaging spring-orm spring-oxm',
    'spring-r2dbc spring-test spring-tx spring-web spring-webflux spring-webmvc spring-webmvc-portlet spring-websocket',
  ]),
  family('org.springframework.boot', 'org/springframework/boot', [
    'spring-boot spring-boot-actuator spring-boot-actuator-autoconfigure spring-boot-autoconfigure spring-boot-devtools',
    'spring-boot-docker-compose spring-boot-jarmode-layertools spring-boot-jarmode-tools spring-boot-loader',
    'spring-boot-loader-classic spring-boot-loader-tools spring-boot-test spring-boot-test-autoconfigure',
    'spring-boot-testcontainers spring-boot-properties-migrator',
  ]),
  family('org.springframework.security', 'org/springframework/security', [
    'spring-security-acl spring-security-aspects spring-security-cas spring-security-config spring-security-core',
    'spring-security-crypto spring-security-data spring-security-ldap spring-security-messaging',
    'spring-security-oauth2-authorization-server spring-security-oauth2-client spring-security-oauth2-core',
    'spring-security-oauth2-jose spring-security-oauth2-resource-server spring-security-openid spring-security-remoting',
    'spring-security-rsocket spring-security-saml2-service-provider spring-security-taglibs spring-security-test',
    'spring-security-web',
  ]),
  family('org.springframework.session', 'org/springframework/session', [
    'spring-session-core spring-session-data-mongodb spring-session-data-redis spring-session-hazelcast spring-session-jdbc',
  ]),
  family('org.springframework.kafka', 'org/springframework/kafka', ['spring-kafka spring-kafka-test']),
  family('org.springframework.amqp', 'org/springframework/amqp', [
    'spring-amqp spring-rabbit spring-rabbit-stream spring-rabbit-test',
  ]),
  family('org.springframework.batch', 'org/springframework/batch', [
    'spring-batch-core spring-batch-infrastructure spring-batch-integration spring-batch-test',
  ]),
  family('org.springframework.integration', 'org/springframework/integration', [
    'spring-integration-amqp spring-integration-core spring-integration-file spring-integration-ftp',
    'spring-integration-http spring-integration-ip spring-integration-jdbc spring-integration-jms',
    'spring-integration-kafka spring-integration-mail spring-integration-mqtt spring-integration-redis',
    'spring-integration-sftp spring-integration-stream spring-integration-webflux spring-integration-websocket',
    'spring-integration-ws spring-integration-xml spring-integration-zip',
  ]),
  family('org.springframework.ldap', 'org/springframework/ldap', ['spring-ldap-core spring-ldap-core-tiger']),
  family('org.springframework.graphql', 'org/springframework/graphql', ['spring-graphql']),
  family(
    'org.springframework.webflow',
    'org/springframework/webflow org/springframework/faces org/springframework/js',
    ['spring-webflow spring-faces spring-js'],
  ),
  family(
    'org.apache.tomcat.embed',
    'org/apache/catalina org/apache/el org/apache/jasper org/apache/tomcat javax jakarta',
    ['tomcat-embed-core tomcat-embed-el tomcat-embed-jasper tomcat-embed-websocket tomcat-embed-programmatic'],
  ),
  family(
    'org.apache.tomcat',
    'org/apache/catalina org/apache/coyote org/apache/jasper org/apache/tomcat org/apache/juli',
    [
      'tomcat-api tomcat-catalina tomcat-catalina-ant tomcat-catalina-ha tomcat-coyote tomcat-dbcp tomcat-jasper tomcat-jdbc',
      'tomcat-juli tomcat-storeconfig tomcat-tribes tomcat-util tomcat-util-scan tomcat-websocket',
    ],
  ),
  { ...family('org.hibernate', 'org/hibernate', ['hibernate-core hibernate-c3p0 hibernate-envers']), belowMajor: 6 },
  { ...family('org.hibernate.orm', 'org/hibernate', ['hibernate-core hibernate-c3p0 hibernate-envers']), fromMajor: 6 },
  family('org.hibernate', 'org/hibernate', ['hibernate-entitymanager']),
  family('org.jetbrains.kotlin', 'kotlin org/jetbrains/kotlin', [
    'kotlin-compiler kotlin-compiler-embeddable kotlin-reflect kotlin-script-runtime kotlin-scripting-common',
    'kotlin-scripting-jvm kotlin-stdlib kotlin-stdlib-common kotlin-stdlib-jdk7 kotlin-stdlib-jdk8',
  ]),
  family('org.jetbrains.kotlinx', 'kotlinx', [
    'kotlinx-coroutines-core kotlinx-coroutines-core-jvm kotlinx-coroutines-jdk8 kotlinx-coroutines-reactor',
    'kotlinx-serialization-core kotlinx-serialization-core-jvm kotlinx-serialization-json kotlinx-serialization-json-jvm',
  ]),
  family('com.squareup.okhttp3', 'okhttp3', [
    'okhttp okhttp-jvm okhttp-sse okhttp-tls okhttp-urlconnection logging-interceptor mockwebserver',
  ]),
  family('com.squareup.okhttp', 'com/squareup/okhttp', ['okhttp']),
  family('com.squareup.okio', 'okio', ['okio okio-jvm']),
  family('com.squareup.retrofit2', 'retrofit2', ['retrofit converter-gson converter-jackson']),
  family('org.bouncycastle', 'org/bouncycastle', [
    'bc-fips bcjmail-jdk18on bcmail-jdk15on bcmail-jdk16 bcmail-jdk18on bcpg-fips bcpg-jdk14 bcpg-jdk15on bcpg-jdk16',
    'bcpg-jdk18on bcpkix-fips bcpkix-jdk14 bcpkix-jdk15on bcpkix-jdk15to18 bcpkix-jdk18on bcprov-ext-jdk15on',
    'bcprov-ext-jdk18on bcprov-jdk14 bcprov-jdk15 bcprov-jdk15on bcprov-jdk15to18 bcprov-jdk16 bcprov-jdk18on bctls-fips',
    'bctls-jdk15on bctls-jdk15to18 bctls-jdk18on bcutil-jdk15on bcutil-jdk15to18 bcutil-jdk18on',
  ]),
  family('mysql', 'com/mysql', ['mysql-connector-java']),
  family('com.mysql', 'com/mysql', ['mysql-connector-j']),
  family('org.postgresql', 'org/postgresql', ['postgresql']),
  family('com.oracle.database.jdbc', 'oracle/jdbc', ['ojdbc8 ojdbc10 ojdbc11 ucp']),
  { ...family('org.codehaus.groovy', 'groovy org/codehaus/groovy', groovy()), belowMajor: 4 },
  { ...family('org.apache.groovy', 'groovy org/codehaus/groovy org/apache/groovy', groovy()), fromMajor: 4 },
  family('org.apache.lucene', 'org/apache/lucene', [
    'lucene-analysis-common lucene-analyzers-common lucene-backward-codecs lucene-core lucene-grouping lucene-highlighter',
    'lucene-join lucene-memory lucene-misc lucene-queries lucene-queryparser lucene-sandbox lucene-spatial3d lucene-suggest',
  ]),
  family('org.apache.solr', 'org/apache/solr', ['solr-core solr-solrj']),
  family('org.elasticsearch', 'org/elasticsearch', ['elasticsearch elasticsearch-core elasticsearch-x-content']),
  family('org.elasticsearch.client', 'org/elasticsearch/client', [
    'elasticsearch-rest-client elasticsearch-rest-high-level-client',
  ]),
  family('org.opensearch', 'org/opensearch', ['opensearch opensearch-core opensearch-x-content']),
  family('org.apache.kafka', 'org/apache/kafka kafka', [
    'connect-api connect-json connect-runtime connect-transforms kafka-clients kafka-raft kafka-server-common kafka-storage',
    'kafka-streams kafka_2.11 kafka_2.12 kafka_2.13',
  ]),
  family('org.apache.zookeeper', 'org/apache/zookeeper', ['zookeeper']),
  family('org.apache.cassandra', 'org/apache/cassandra', ['cassandra-all']),
  family('io.grpc', 'io/grpc', [
    'grpc-alts grpc-api grpc-auth grpc-context grpc-core grpc-googleapis grpc-grpclb grpc-inprocess grpc-netty',
    'grpc-netty-shaded grpc-okhttp grpc-protobuf grpc-protobuf-lite grpc-rls grpc-services grpc-stub grpc-util grpc-xds',
  ]),
  family('io.micrometer', 'io/micrometer', [
    'micrometer-commons micrometer-core micrometer-jakarta9 micrometer-observation micrometer-registry-prometheus',
    'micrometer-tracing',
  ]),
  family('io.projectreactor', 'reactor', ['reactor-core reactor-test']),
  family('io.projectreactor.netty', 'reactor/netty reactor/ipc', [
    'reactor-netty reactor-netty-core reactor-netty-http',
  ]),
  family('io.reactivex', 'rx', ['rxjava']),
  family('io.reactivex.rxjava2', 'io/reactivex', ['rxjava'], { belowMajor: 3 }),
  family('io.reactivex.rxjava3', 'io/reactivex', ['rxjava'], { fromMajor: 3 }),
  family('org.scala-lang', 'scala', ['scala-library scala-reflect scala-compiler'], { belowMajor: 3 }),
  family('org.aspectj', 'org/aspectj', ['aspectjrt aspectjtools aspectjweaver']),
  family('org.ow2.asm', 'org/objectweb/asm', ['asm asm-analysis asm-commons asm-tree asm-util'], { fromMajor: 4 }),
  family('log4j', 'org/apache/log4j', ['log4j'], { belowMajor: 2 }),
  family('net.java.dev.jna', 'com/sun/jna', ['jna jna-platform']),
  family('org.apache.ant', 'org/apache/tools', ['ant ant-antlr ant-junit ant-launcher']),
  family('org.apache.ivy', 'org/apache/ivy', ['ivy']),
  family('org.apache.poi', 'org/apache/poi', [
    'poi poi-examples poi-excelant poi-ooxml poi-ooxml-full poi-ooxml-lite poi-ooxml-schemas poi-scratchpad',
  ]),
  family('org.apache.xmlgraphics', 'org/apache/batik org/apache/fop org/apache/xmlgraphics', [
    'batik-anim batik-awt-util batik-bridge batik-codec batik-css batik-dom batik-gvt batik-parser batik-script',
    'batik-svg-dom batik-transcoder batik-util batik-xml fop fop-core fop-events fop-util xmlgraphics-commons',
  ]),
  family('org.apache.velocity', 'org/apache/velocity', ['velocity velocity-engine-core velocity-tools']),
  family('org.freemarker', 'freemarker', ['freemarker']),
  family('org.checkerframework', 'org/checkerframework', ['checker-qual']),
  family('org.junit.jupiter', 'org/junit/jupiter', [
    'junit-jupiter-api junit-jupiter-engine junit-jupiter-migrationsupport junit-jupiter-params',
  ]),
  family('org.junit.platform', 'org/junit/platform', [
    'junit-platform-commons junit-platform-console junit-platform-engine junit-platform-launcher junit-platform-reporting',
    'junit-platform-suite-api junit-platform-suite-engine',
  ]),
  family('org.junit.vintage', 'org/junit/vintage', ['junit-vintage-engine']),
  family('org.opentest4j', 'org/opentest4j', ['opentest4j']),
  family('org.mockito', 'org/mockito', ['mockito-core mockito-junit-jupiter']),
  family('org.objenesis', 'org/objenesis', ['objenesis']),
  family('org.jspecify', 'org/jspecify', ['jspecify']),
  family('org.reactivestreams', 'org/reactivestreams', ['reactive-streams']),
  family('org.roaringbitmap', 'org/roaringbitmap', ['RoaringBitmap']),
  family('org.eclipse.platform', 'org/eclipse', ['org.eclipse.osgi org.eclipse.core.runtime org.eclipse.core.jobs']),
  family('io.opentelemetry', 'io/opentelemetry', [
    'opentelemetry-api opentelemetry-common opentelemetry-context opentelemetry-exporter-common',
    'opentelemetry-exporter-otlp opentelemetry-exporter-otlp-common opentelemetry-exporter-sender-okhttp',
    'opentelemetry-extension-trace-propagators opentelemetry-sdk opentelemetry-sdk-common',
    'opentelemetry-sdk-extension-autoconfigure opentelemetry-sdk-extension-autoconfigure-spi opentelemetry-sdk-logs',
    'opentelemetry-sdk-metrics opentelemetry-sdk-trace',
  ]),
  family('io.opentelemetry.semconv', 'io/opentelemetry/semconv', ['opentelemetry-semconv']),
  family('io.opentelemetry.javaagent', 'io/opentelemetry/javaagent', ['opentelemetry-javaagent']),
  family('com.github.ben-manes.caffeine', 'com/github/benmanes/caffeine', ['caffeine']),
  family('com.google.code.findbugs', 'javax/annotation', ['jsr305']),
  family('com.google.protobuf', 'com/google/protobuf', ['protobuf-java protobuf-java-util protobuf-javalite']),
  family('info.picocli', 'picocli', ['picocli']),
  family('org.tukaani', 'org/tukaani', ['xz']),
  family('org.hamcrest', 'org/hamcrest', ['hamcrest hamcrest-all hamcrest-core hamcrest-library']),
  family('javax.inject', 'javax/inject', ['javax.inject']),
  family('oro', 'org/apache/oro', ['oro']),
  family('org.projectlombok', 'lombok', ['lombok']),
  family('org.jdom', 'org/jdom2', ['jdom2']),
  family('dom4j', 'org/dom4j', ['dom4j'], { belowMajor: 2 }),
  family('org.dom4j', 'org/dom4j', ['dom4j'], { fromMajor: 2 }),
  family('xalan', 'org/apache/xalan org/apache/xml', ['xalan serializer']),
  family('xerces', 'org/apache/xerces', ['xercesImpl']),
  family('junit', 'junit org/junit', ['junit']),
  family('org.hsqldb', 'org/hsqldb', ['hsqldb'], { fromMajor: 2 }),
  family('com.h2database', 'org/h2', ['h2']),
  family('org.apache.derby', 'org/apache/derby', ['derby derbyclient derbynet derbyshared derbytools']),
  family('org.json', 'org/json', ['json']),
  family('javax.activation', 'javax/activation', ['activation']),
  family('javax.mail', 'javax/mail', ['mail']),
  family('com.sun.mail', 'javax/mail jakarta/mail', ['javax.mail jakarta.mail']),
  family('net.sf.ehcache', 'net/sf/ehcache', ['ehcache ehcache-core']),
  ...[
    'beanutils',
    'cli',
    'codec',
    'collections',
    'configuration',
    'dbcp',
    'digester',
    'discovery',
    'el',
    'fileupload',
  ].map(own),
  ...['httpclient', 'io', 'jxpath', 'lang', 'logging', 'net', 'pool', 'validator'].map(own),
  family('org.apache.commons', 'org/apache/commons org/apache/bcel', [
    'commons-bcel commons-collections4 commons-compress commons-configuration2 commons-crypto commons-csv commons-dbcp2',
    'commons-digester3 commons-email commons-exec commons-fileupload2 commons-imaging commons-jexl commons-jexl3',
    'commons-lang3 commons-math commons-math3 commons-pool2 commons-rng-core commons-rng-simple commons-text commons-vfs2',
  ]),
]

function family(
  group: string,
  folders: string,
  artifacts: readonly string[],
  majors: Pick<KnownFamily, 'fromMajor' | 'belowMajor'> = {},
): KnownFamily {
  return { group, folders: folders.split(' '), artifacts: artifacts.flatMap((line) => line.split(' ')), ...majors }
}

/** The older of Apache's commons are groups of their own. */
function own(name: string): KnownFamily {
  return family(`commons-${name}`, `org/apache/commons/${name}`, [`commons-${name}`])
}

function groovy(): string[] {
  return ['groovy groovy-all groovy-ant groovy-json groovy-jsr223 groovy-nio groovy-sql groovy-templates groovy-xml']
}
