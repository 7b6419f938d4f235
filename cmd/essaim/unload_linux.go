package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// unload gives the memory back in which the system shows this process its own
// program. The start goes through most of it, once, and all of that stays counted as
// the process's own until the machine runs short; what is used again is shown again,
// from the system's cache, in a microsecond.
func unload() error {
	parts, err := mapped()
	for _, m := range parts {
		err = errors.Join(err, m.unload())
	}
	if err != nil {
		return fmt.Errorf("unload the program: %w", err)
	}
	return nil
}

// mapped are the parts of the program in memory.
func mapped() (parts []mapping, err error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return nil, err
	}
	defer maps.Close()
	var m mapping
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		if m.read(lines.Text()) && m.path == program {
			parts = append(parts, m)
		}
	}
	return parts, lines.Err()
}

// mapping is a part of the memory of this process.
type mapping struct {
	from, to     uintptr
	rights, path string
	own          bool // some of it is not as it is in the file
}

// read takes a line of smaps (proc_pid_smaps(5)), and says whether all of a mapping
// was read.
func (m *mapping) read(line string) bool {
	fields := strings.Fields(line)
	switch name := fields[0]; {
	case name == "Anonymous:", name == "Swap:":
		m.own = m.own || fields[1] != "0"
	case name == "VmFlags:":
		return true
	case !strings.HasSuffix(name, ":"):
		*m = mapping{rights: fields[1], path: strings.Join(fields[5:], " ")}
		_, err := fmt.Sscanf(name, "%x-%x", &m.from, &m.to)
		m.own = err != nil
	}
	return false
}

// unload spares what was ever written: a program that can lie anywhere has addresses
// put into it at its start.
func (m *mapping) unload() error {
	if m.own || strings.Contains(m.rights, "w") {
		return nil
	}
	if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, m.from, m.to-m.from, syscall.MADV_DONTNEED); errno != 0 {
		return errno
	}
	return nil
}
