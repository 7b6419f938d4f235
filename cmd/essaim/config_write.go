package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// writeConfig writes c to a new file that only its owner can read. The file
// shows every key with its meaning; keys that have their default stay commented
// out, so that a later version may improve it. A file that is there already is
// left alone and the error is fs.ErrExist.
func writeConfig(path string, c Config) error {
	text, err := encodeConfig(c)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return nil
}

// encodeConfig is the text of writeConfig. The encodings of two configurations
// have the same lines but for the values, since lists stay on one line.
func encodeConfig(c Config) ([]byte, error) {
	own, err := toml.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("encode configuration: %w", err)
	}
	standard, err := toml.Marshal(defaultConfig())
	if err != nil {
		return nil, fmt.Errorf("encode default configuration: %w", err)
	}
	lines := strings.Split(string(own), "\n")
	for i, unset := range strings.Split(string(standard), "\n") {
		if isKey := unset != "" && !strings.HasPrefix(unset, "#") && !strings.HasPrefix(unset, "["); isKey && lines[i] == unset {
			lines[i] = "#" + unset
		}
	}
	return append(bytes.TrimSpace([]byte(strings.Join(lines, "\n"))), '\n'), nil
}
