package bolt

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/essaim/essaim/store"
)

// resident is how many kB this process holds of files that it mapped.
func resident(t *testing.T) (kB int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	must(t, err)
	_, line, _ := strings.Cut(string(status), "RssFile:")
	if _, err := fmt.Sscanf(line, "%d kB", &kB); err != nil {
		t.Fatal(err)
	}
	return kB
}

func TestUnloadGivesBackWhatWasReadAndLosesNothing(t *testing.T) {
	db := open(t, Options{NoSync: true})
	value := string(make([]byte, 1<<20))
	for i := range 32 {
		must(t, put(t.Context(), db, fmt.Sprint(i), value))
	}
	readAll := func() (bytes int) {
		must(t, db.View(t.Context(), func(tx store.Tx) error {
			for _, v := range tx.Scan([]byte("0"), nil, false) {
				bytes += len(strings.Clone(string(v)))
			}
			return nil
		}))
		return bytes
	}
	readAll()
	before := resident(t)
	must(t, db.Unload(t.Context()))
	if after := resident(t); before-after < 24<<10 {
		t.Errorf("got %d kB of files, and %d before", after, before)
	}
	if got := readAll(); got != 32<<20 {
		t.Errorf("read again: got %d bytes", got)
	}
	must(t, put(t.Context(), db, "after", "1"))
	must(t, db.Check(t.Context()))
}
