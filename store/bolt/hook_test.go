package bolt

import (
	"reflect"
	"unsafe"
)

// writeAt is how bbolt writes to its file.
type writeAt = func(b []byte, off int64) (int, error)

// hookWrites puts a function of the test between bbolt and its file. The field
// is bbolt's own hook for tests; nothing exported leads there.
func hookWrites(db *DB, wrap func(next writeAt) writeAt) {
	field := reflect.ValueOf(db.bolt).Elem().FieldByName("ops").FieldByName("writeAt")
	hook := (*writeAt)(unsafe.Pointer(field.UnsafeAddr()))
	*hook = wrap(*hook)
}
