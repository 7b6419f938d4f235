package media

import (
	"bytes"
	"encoding/binary"
	"io"
)

// The records of a ZIP file that are read (APPNOTE 4.3.12 and 4.3.16).
const (
	zipEnd          = "PK\x05\x06"
	zipEndSize      = 22
	zipComment      = 1<<16 - 1 // bytes that may follow the end
	zipEntry        = "PK\x01\x02"
	zipEntrySize    = 46
	zipMaxDirectory = 4 << 20 // bytes; a document needs far less
)

// zipNames are the names in the directory of a ZIP file. It answers false for
// what is none, or has anything before its first entry. archive/zip would keep
// an object for each of the million entries that a small file can claim.
func (c content) zipNames() ([]string, bool) {
	directory, ok := c.zipDirectory()
	if !ok || !bytes.HasPrefix(c.head, zipHeader) {
		return nil, false
	}
	var names []string
	for len(directory) >= zipEntrySize && string(directory[:4]) == zipEntry {
		name := int(binary.LittleEndian.Uint16(directory[28:]))
		extra := int(binary.LittleEndian.Uint16(directory[30:]))
		comment := int(binary.LittleEndian.Uint16(directory[32:]))
		directory = directory[zipEntrySize:]
		if len(directory) < name+extra+comment {
			return nil, false
		}
		names = append(names, string(directory[:name]))
		directory = directory[name+extra+comment:]
	}
	return names, len(directory) == 0
}

// zipDirectory is the directory of a ZIP file, which its end points to.
func (c content) zipDirectory() ([]byte, bool) {
	tail := make([]byte, min(c.size, zipEndSize+zipComment))
	n, _ := c.file.ReadAt(tail, c.size-int64(len(tail)))
	at := bytes.LastIndex(tail[:n], []byte(zipEnd))
	if at < 0 || len(tail)-at < zipEndSize {
		return nil, false
	}
	size := int64(binary.LittleEndian.Uint32(tail[at+12:]))
	offset := int64(binary.LittleEndian.Uint32(tail[at+16:]))
	if size > zipMaxDirectory || offset+size > c.size {
		return nil, false
	}
	directory := make([]byte, size)
	if _, err := c.file.ReadAt(directory, offset); err != nil && err != io.EOF {
		return nil, false
	}
	return directory, true
}
