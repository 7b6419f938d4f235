package vocab

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// Int reads a whole number, also where it was sent as 3.0 or as text.
func (d Doc) Int(key string) (int64, bool) {
	switch v := d.get(key).(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, true
		}
		f, err := v.Float64()
		if err != nil || f != float64(int64(f)) {
			return 0, false
		}
		return int64(f), true
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	}
	return 0, false
}

// Float reads a number, also where it was sent as text. It is finite.
func (d Doc) Float(key string) (float64, bool) {
	s := ""
	switch v := d.get(key).(type) {
	case json.Number:
		s = v.String()
	case string:
		s = v
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && f-f == 0
}

// Bool reads true, also where it was sent as text. All else is false.
func (d Doc) Bool(key string) bool {
	switch v := d.get(key).(type) {
	case bool:
		return v
	case string:
		return v == "true"
	}
	return false
}

// Time reads a moment with up to nine digits after the second and keeps its
// zone; without a zone it is taken for UTC. Years outside 1 to 9999 and all else
// that is no time answer false: use the time of receipt.
func (d Doc) Time(key string) (time.Time, bool) {
	s, _ := d.get(key).(string)
	return parseTime(s)
}

var layouts = [...]string{
	time.RFC3339, // parsing takes fractions too
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04",
	time.DateOnly,
}

func parseTime(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1 {
			return t, true
		}
	}
	return time.Time{}, false
}
