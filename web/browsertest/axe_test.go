package browsertest

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

func TestAxeIsUnchanged(t *testing.T) {
	sums, err := os.ReadFile("axe/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	want, _, _ := strings.Cut(string(sums), " ")
	sum := sha256.Sum256([]byte(axeScript))
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("axe.min.js: got sha256 %s, want %s", got, want)
	}
}
