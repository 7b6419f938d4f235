package main

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"os"
	"strings"

	"github.com/essaim/essaim/federation/intake"
	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/store/backup"
	"github.com/essaim/essaim/web"
	"github.com/essaim/essaim/web/assets"
	"github.com/essaim/essaim/web/letters"
	"github.com/essaim/essaim/web/mail"
)

func (m MailConfig) validate() error {
	if m.Host == "" {
		return nil
	}
	_, err := netmail.ParseAddress(m.From)
	known := m.TLS == mail.StartTLS || m.TLS == mail.TLS || m.TLS == mail.Plain
	return errors.Join(
		check(err == nil, "mail.from", "%q is no address", m.From),
		check(m.Port > 0 && m.Port < 1<<16, "mail.port", "%d is no port", m.Port),
		check(known, "mail.tls", "%q is none of %s, %s, %s", m.TLS, mail.StartTLS, mail.TLS, mail.Plain),
		check(m.Password == "" || m.PasswordFile == "", "mail.password_file", "has no effect beside password"),
	)
}

// openMail gets the mail server ready; nothing is asked of it yet.
func (n *node) openMail() error {
	m := n.config.Mail
	password, err := secretOr(m.Password, m.PasswordFile)
	if err != nil {
		return fmt.Errorf("mail.password_file: %w", err)
	}
	n.mail = mail.New(mail.Config{
		Host: m.Host, Port: m.Port, Protection: m.TLS, User: m.User, Password: password, From: m.From, Keep: n.config.Retention.Letters.Duration, Log: n.log,
	})
	return nil
}

// secretOr is a secret of the configuration, or what the file holds if one is named.
func secretOr(secret, file string) (string, error) {
	if file == "" {
		return secret, nil
	}
	text, err := os.ReadFile(file)
	return strings.TrimSpace(string(text)), err
}

// jobs are those that are not the door's own.
func (n *node) jobs(words *assets.Catalog) map[string]func(context.Context, *store.Job) error {
	jobs := map[string]func(context.Context, *store.Job) error{
		mail.Job:     n.mail.Deliver,
		web.ResetJob: web.ResetLetters(n.store, n.mail, words, n.config.Node.BaseURL),
		backup.Job:   n.backUp,
		intake.Job:   func(ctx context.Context, j *store.Job) error { return n.desk().Do(ctx, j) },
	}
	for _, kind := range letters.Jobs {
		jobs[kind] = func(ctx context.Context, j *store.Job) error { return n.letters.Do(ctx, j) }
	}
	return jobs
}
