package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/essaim/essaim/federation"
)

// maxList bounds a list of accounts, in bytes.
const maxList = 1 << 20

// followFile asks to follow everybody on a list, and says of each line what became
// of it. The error counts those that could not be asked.
func followFile(c *cobra.Command, l *line, name string, asked wish) error {
	text, err := readList(c, name)
	if err != nil {
		return err
	}
	list, err := federation.ReadWanted(text)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	failed := 0
	for _, w := range list {
		asked.Whom = w.Text
		f, err := startFollow.call(c.Context(), l, asked)
		if c.Context().Err() != nil {
			return c.Context().Err()
		}
		if err != nil {
			failed++
			fmt.Fprintf(c.ErrOrStderr(), "line %d: %v\n", w.Line, err)
			continue
		}
		fmt.Fprintf(c.OutOrStdout(), "%s: %s\n", f.Address, f.State)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d accounts could not be asked", failed, len(list))
	}
	return nil
}

// readList reads a file, or what comes in for "-".
func readList(c *cobra.Command, name string) (string, error) {
	in := c.InOrStdin()
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxList))
	return string(text), err
}
