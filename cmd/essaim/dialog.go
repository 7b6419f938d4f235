package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// dialog asks questions on the terminal.
type dialog struct {
	in  *bufio.Reader
	raw io.Reader // in itself: a terminal can hide what is typed
	out io.Writer
}

func newDialog(in io.Reader, out io.Writer) *dialog {
	return &dialog{bufio.NewReader(in), in, out}
}

// ask fills in what the flags left open, and asks again until an answer obeys
// its rule.
func (b *birth) ask(d *dialog) error {
	standard := defaultConfig().Node
	for _, q := range []struct {
		question string
		value    *string
		standard string
	}{
		{"Address of the node", &b.baseURL, standard.BaseURL},
		{"Host and port to listen on", &b.listen, standard.Listen},
	} {
		if *q.value != "" {
			continue
		}
		answer, err := d.line(q.question + " [" + q.standard + "]")
		if err != nil {
			return err
		}
		*q.value = cmp.Or(answer, q.standard)
	}
	for _, r := range b.rules() {
		if err := d.obey(r); err != nil {
			return err
		}
	}
	return nil
}

func (d *dialog) obey(r rule) error {
	for *r.value == "" {
		read := d.line
		if r.flag == "password-stdin" {
			read = d.secret
		}
		answer, err := read(r.question)
		if err != nil {
			return err
		}
		if err := explain(r.check(answer)); err != nil {
			fmt.Fprintf(d.out, "  %v\n", err)
			continue
		}
		*r.value = answer
	}
	return nil
}

func (d *dialog) line(question string) (string, error) {
	fmt.Fprintf(d.out, "%s: ", question)
	text, err := d.in.ReadString('\n')
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return "", fmt.Errorf("read answer: %w", err)
	}
	return strings.TrimSpace(text), nil
}

// secret reads a line that does not show, where the terminal can hide it.
func (d *dialog) secret(question string) (string, error) {
	file, ok := d.raw.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return d.line(question)
	}
	fmt.Fprintf(d.out, "%s: ", question)
	text, err := term.ReadPassword(int(file.Fd()))
	fmt.Fprintln(d.out)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return string(text), nil
}
