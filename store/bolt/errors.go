package bolt

import (
	"errors"
	"fmt"
	"runtime/debug"
	"syscall"

	berrors "go.etcd.io/bbolt/errors"

	"github.com/essaim/essaim/store"
)

var (
	// ErrDamaged: the file is not what was written. Restore a backup.
	ErrDamaged = errors.New("store file is damaged")
	// ErrLocked: another process has the file open.
	ErrLocked = errors.New("another process has it open")
)

// translate puts the contract's errors in the place of bbolt's.
func translate(err error) error {
	switch {
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return store.ErrClosed
	case outOfSpace(err):
		return fmt.Errorf("%w: %v", store.ErrFull, err)
	}
	return err
}

func outOfSpace(err error) bool {
	return errors.Is(err, berrors.ErrMaxSizeReached) ||
		errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// boltOpenError tells why bbolt refused a file that was inspected before.
func boltOpenError(path string, err error) error {
	if errors.Is(err, berrors.ErrTimeout) {
		return fmt.Errorf("open %s: %w", path, ErrLocked)
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// damaged makes an ErrDamaged of what a read panicked with.
func damaged(cause any) error { return fmt.Errorf("%w: %v", ErrDamaged, cause) }

// panicOnFault makes a fault of mapped memory (a file that was cut short, a
// disk that cannot be read) a panic of this goroutine instead of the end of the
// process. The caller defers what it returns.
func panicOnFault() (restore func()) {
	old := debug.SetPanicOnFault(true)
	return func() { debug.SetPanicOnFault(old) }
}

// faultAsError, deferred, makes an error of a fault in mapped memory, wherever
// the closure read it. Any other panic goes on its way.
func faultAsError(err *error) {
	r := recover()
	if r == nil {
		return
	}
	if _, fault := r.(interface{ Addr() uintptr }); !fault {
		panic(r)
	}
	*err = damaged(r)
}
