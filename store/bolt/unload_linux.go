package bolt

import (
	"context"
	"fmt"
	"syscall"

	"go.etcd.io/bbolt"
)

// Unload gives the memory back in which the system shows this process what it read
// of the file. All that was ever read stays counted as the process's own until the
// machine runs short; what is read again is shown again, from the system's cache,
// in a microsecond. Transactions go on.
func (db *DB) Unload(ctx context.Context) error {
	return db.snapshot(ctx, func(btx *bbolt.Tx) error { // while it is open the map stays where it is
		// The map is of a file and only read: nothing in it can be lost.
		_, _, errno := syscall.Syscall(syscall.SYS_MADVISE, db.bolt.Info().Data, uintptr(btx.Size()), syscall.MADV_DONTNEED)
		if errno != 0 {
			return fmt.Errorf("unload %s: %w", db.path, errno)
		}
		return nil
	})
}
