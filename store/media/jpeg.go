package media

import (
	"bytes"
	"encoding/binary"
	"iter"
)

// The markers of JPEG segments (ITU-T T.81, table B.1) that are looked at.
const (
	markerSOF2 = 0xc2 // frame header of a progressive picture
	markerRST0 = 0xd0 // to 0xd7: restart, without content
	markerEOI  = 0xd9 // the picture ends
	markerSOS  = 0xda // the pixels begin
	markerAPP1 = 0xe1 // where Exif lies
)

// jpegSegments yields the marker and the content of the segments before the
// pixels; nothing for what is not a JPEG. It passes by stray bytes between
// segments as image/jpeg does, so that nothing hides from it.
func jpegSegments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		rest, ok := bytes.CutPrefix(data, []byte{0xff, 0xd8})
		for ok {
			var marker byte
			if marker, rest = nextMarker(rest); marker == markerSOS || marker == markerEOI || len(rest) < 2 {
				return
			}
			size := int(binary.BigEndian.Uint16(rest))
			if size < 2 || len(rest) < size || !yield(marker, rest[2:size]) {
				return
			}
			rest = rest[size:]
		}
	}
}

// nextMarker finds the next marker that has a length, and what follows it.
func nextMarker(b []byte) (marker byte, rest []byte) {
	for i := 1; i < len(b); i++ {
		stuffed, restart := b[i] == 0 || b[i] == 0xff, b[i]&0xf8 == markerRST0
		if b[i-1] == 0xff && !stuffed && !restart {
			return b[i], b[i+1:]
		}
	}
	return 0, nil
}

// jpegCoefficients is the number of components of a progressive JPEG, and 0 for
// every other file.
func jpegCoefficients(data []byte) int {
	for marker, segment := range jpegSegments(data) {
		if marker == markerSOF2 && len(segment) > 5 {
			return int(segment[5])
		}
	}
	return 0
}

// orientation is the Exif orientation of a JPEG (CIPA DC-008 §4.6.5), from 1
// (upright) to 8; 1 when it has none.
func orientation(data []byte) int {
	for marker, segment := range jpegSegments(data) {
		tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00"))
		if marker == markerAPP1 && ok {
			return tiffOrientation(tiff)
		}
	}
	return 1
}

const (
	tagOrientation = 0x0112
	typeShort      = 3
	entrySize      = 12
)

// tiffOrientation reads the tag from the first directory of a TIFF block.
func tiffOrientation(b []byte) int {
	order, ok := byteOrder(b)
	if !ok {
		return 1
	}
	at := uint64(order.Uint32(b[4:]))
	if at+2 > uint64(len(b)) {
		return 1
	}
	n := int(order.Uint16(b[at:]))
	for b = b[at+2:]; n > 0 && len(b) >= entrySize; n, b = n-1, b[entrySize:] {
		if order.Uint16(b) != tagOrientation || order.Uint16(b[2:]) != typeShort {
			continue
		}
		if v := int(order.Uint16(b[8:])); v >= 1 && v <= 8 {
			return v
		}
	}
	return 1
}

func byteOrder(b []byte) (binary.ByteOrder, bool) {
	switch {
	case len(b) < 8:
		return nil, false
	case string(b[:4]) == "II*\x00":
		return binary.LittleEndian, true
	case string(b[:4]) == "MM\x00*":
		return binary.BigEndian, true
	}
	return nil, false
}
