package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	lockWait  = 2 * time.Second
	lockRetry = 50 * time.Millisecond
)

// lockFile lies beside the store while a process has it open. It keeps others
// away from the first look at the store on, names the process that holds it,
// and, since only a clean Close removes it, tells of an unclean stop.
type lockFile struct {
	file    *os.File
	unclean bool // it lay there, held by nobody
}

// acquireLock waits up to two seconds for the lock of the store at path.
func acquireLock(path string) (*lockFile, error) {
	path += ".lock"
	for deadline := time.Now().Add(lockWait); ; time.Sleep(lockRetry) { //nolint:forbidigo // flock knows no deadline
		l, err := tryLock(path)
		if err == nil {
			if err = l.claim(); err == nil {
				return l, nil
			}
			return nil, errors.Join(err, l.release(false))
		}
		if !errors.Is(err, ErrLocked) || time.Now().After(deadline) {
			return nil, err
		}
	}
}

func tryLock(path string) (*lockFile, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	left := errors.Is(err, fs.ErrExist)
	if left {
		f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	}
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil && isFile(path, f) {
		return &lockFile{file: f, unclean: left}, nil
	}
	defer f.Close()
	if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	owner, _ := os.ReadFile(path) // only to name it
	return nil, fmt.Errorf("%s: %w (process %s)", path, ErrLocked, strings.TrimSpace(string(owner)))
}

// isFile reports whether path still names f: its last holder may have removed
// it between our opening and locking it.
func isFile(path string, f *os.File) bool {
	named, err1 := os.Stat(path)
	held, err2 := f.Stat()
	return err1 == nil && err2 == nil && os.SameFile(named, held)
}

// claim puts our process in, for those who find the lock held, and makes it
// outlast a power cut. A full disk is no reason to refuse to read what is there.
func (l *lockFile) claim() error {
	pid := strconv.Itoa(os.Getpid()) + "\n"
	_, err := l.file.WriteAt([]byte(pid), 0)
	if err == nil {
		err = l.file.Truncate(int64(len(pid)))
	}
	if err == nil {
		err = l.file.Sync()
	}
	if err == nil {
		err = syncDir(filepath.Dir(l.file.Name()))
	}
	if outOfSpace(err) {
		return nil
	}
	return err
}

// release lets the lock go, and forgets that it was held if the stop was clean.
func (l *lockFile) release(clean bool) error {
	defer l.file.Close()
	if !clean {
		return nil
	}
	return os.Remove(l.file.Name())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
