//go:build !linux

package bolt

import "context"

// Unload does nothing here: the system takes back by itself what was read.
func (db *DB) Unload(context.Context) error { return nil }
