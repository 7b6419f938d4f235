package store

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// ID names a row of this node. It is milliseconds since 1970 shifted left by 16,
// plus a sequence number, so ids sort by time; Mastodon clients compare them.
// The zero ID names nothing. It is written as a decimal string everywhere that
// people or clients see it.
type ID uint64

// ParseID reads the decimal form. It answers ErrNotFound for anything else: an
// id that was never given out names nothing.
func ParseID(s string) (ID, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n == 0 || s[0] == '+' {
		return 0, fmt.Errorf("id %q: %w", s, ErrNotFound)
	}
	return ID(n), nil
}

func (id ID) String() string { return strconv.FormatUint(uint64(id), 10) }

// Time is the moment the id was given out, to the millisecond.
func (id ID) Time() time.Time { return time.UnixMilli(int64(id >> 16)).UTC() }

// Key is the id as eight big-endian bytes: ids sort as keys.
func (id ID) Key() []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }

func (id ID) MarshalText() ([]byte, error) { return strconv.AppendUint(nil, uint64(id), 10), nil }

func (id *ID) UnmarshalText(b []byte) error {
	n, err := strconv.ParseUint(string(b), 10, 64)
	if err != nil {
		return fmt.Errorf("id %q: %w", b, err)
	}
	*id = ID(n)
	return nil
}

// idFromKey reads what Key wrote.
func idFromKey(b []byte) ID {
	if len(b) < 8 {
		return 0
	}
	return ID(binary.BigEndian.Uint64(b))
}

// idSource gives out ids that never go backwards, even when the clock does.
type idSource struct {
	mu   sync.Mutex
	last ID
}

// next returns a fresh id for the moment now.
func (s *idSource) next(now time.Time) ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := ID(now.UnixMilli()) << 16
	if id <= s.last {
		id = s.last + 1
	}
	s.last = id
	return id
}
