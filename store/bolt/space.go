package bolt

import "syscall"

// full reports whether the disk of dir would be too full after another need
// bytes. It is one cheap system call, so its answer is never an old one. A disk
// that does not tell counts as having room: the commit will find out.
func (o Options) full(dir string, need int64) bool {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return false
	}
	free := int64(uint64(s.Bavail)*uint64(s.Bsize)) - need //nolint:unconvert // Bavail is signed on FreeBSD
	if free < o.MinFree {
		return true
	}
	return o.MinFreePercent > 0 && free/int64(o.MinFreePercent) < int64(s.Blocks*uint64(s.Bsize))/100
}
