package main

import (
	"io"
	"log/slog"
)

// newLog is the log as the configuration wants it; its level was validated.
func newLog(w io.Writer, c LogConfig) *slog.Logger {
	level, _ := c.slogLevel()
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
