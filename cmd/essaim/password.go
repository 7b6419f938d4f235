package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"unicode/utf8"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/session"
)

// readPassword takes the first line of r.
func readPassword(r io.Reader) (string, error) {
	text, err := bufio.NewReader(io.LimitReader(r, 4*session.MaxPassword)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read password: %w", err)
	}
	return strings.TrimRight(text, "\r\n"), nil
}

// checkPassword says what is wrong with a new password, as a *store.FieldError.
func checkPassword(password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < session.MinPassword:
		return &store.FieldError{Field: "password", Reason: "error.password-short", Args: map[string]any{"min": session.MinPassword}}
	case n > session.MaxPassword:
		return &store.FieldError{Field: "password", Reason: "error.too-long", Args: map[string]any{"max": session.MaxPassword}}
	case session.Guessable(password):
		return &store.FieldError{Field: "password", Reason: "error.password-common"}
	}
	return nil
}

// checkEmail says what is wrong with an e-mail address, as a *store.FieldError.
func checkEmail(email string) error {
	if a, err := mail.ParseAddress(email); err != nil || a.Address != email {
		return &store.FieldError{Field: "email", Reason: "error.email"}
	}
	return nil
}
