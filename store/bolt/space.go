package bolt

import "syscall"

// housekeeping is the part of the space to be left free, a quarter, that Updates
// do not get. The rest is for those that delete, and for what the operator does.
const housekeeping = 4

// full reports whether the disk of dir would be too full for anything new after
// another need bytes.
func (o Options) full(dir string, need int64) bool { return o.short(dir, need, 1) }

// short reports whether less would be free after another need bytes than a part
// of what is to be left. It is one cheap system call, so its answer is never an
// old one. A disk that does not tell counts as having room: the commit will find
// out.
func (o Options) short(dir string, need, part int64) bool {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return false
	}
	free := int64(uint64(s.Bavail)*uint64(s.Bsize)) - need //nolint:unconvert // Bavail is signed on FreeBSD
	if free < o.MinFree/part {
		return true
	}
	return o.MinFreePercent > 0 && free/int64(o.MinFreePercent) < int64(s.Blocks*uint64(s.Bsize))/100/part
}
