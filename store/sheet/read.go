package sheet

import (
	"bytes"
	"time"
)

// Read reads a file of any of the formats; which one it is, its content says. Of a
// calendar's series it takes what is within a year of at; the same file at the same
// moment is the same rows. It answers *Malformed.
func Read(data []byte, at time.Time) (*Sheet, error) {
	if len(data) > MaxBytes {
		return nil, &Malformed{Reason: "too-large"}
	}
	begin := bytes.TrimLeft(bytes.TrimPrefix(data, []byte(mark)), " \t\r\n")
	var s *Sheet
	var err error
	switch {
	case bytes.HasPrefix(begin, []byte("{")), bytes.HasPrefix(begin, []byte("[")):
		s, err = readJSON(begin)
	case len(begin) >= len(calendarBegin) && bytes.EqualFold(begin[:len(calendarBegin)], []byte(calendarBegin)):
		s, err = readICS(begin, at)
	default:
		s, err = readCSV(data)
	}
	if err != nil {
		return nil, err
	}
	s.splitPosition()
	return s, nil
}
