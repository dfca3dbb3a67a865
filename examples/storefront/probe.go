// A health probe: the kind of small static binary that images carry beside their application.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	answer, err := http.Get("http://127.0.0.1:8080/health")
	if err != nil || answer.StatusCode != http.StatusOK {
		fmt.Fprintln(os.Stderr, "unhealthy:", err)
		os.Exit(1)
	}
}
