package bolt

import (
	"path/filepath"
	"testing"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/enginetest"
)

func TestContract(t *testing.T) {
	enginetest.Run(t, func(t *testing.T, dir string) store.Engine {
		db, err := Open(filepath.Join(dir, "node.db"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return db
	})
}
