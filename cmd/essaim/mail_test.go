package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMailSettings(t *testing.T) {
	good := MailConfig{Host: "smtp.example.org", Port: 587, TLS: "starttls", From: "Labo <labo@example.org>"}
	for name, c := range map[string]struct {
		change func(*MailConfig)
		says   string
	}{
		"good":          {func(*MailConfig) {}, ""},
		"none":          {func(m *MailConfig) { *m = MailConfig{} }, ""},
		"no sender":     {func(m *MailConfig) { m.From = "" }, "mail.from"},
		"two senders":   {func(m *MailConfig) { m.From = "a@example.org, b@example.org" }, "mail.from"},
		"no port":       {func(m *MailConfig) { m.Port = 0 }, "mail.port"},
		"unknown way":   {func(m *MailConfig) { m.TLS = "maybe" }, "mail.tls"},
		"two passwords": {func(m *MailConfig) { m.Password, m.PasswordFile = "x", "y" }, "mail.password_file"},
	} {
		m := good
		c.change(&m)
		err := m.validate()
		if (err == nil) != (c.says == "") || err != nil && !strings.HasPrefix(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %q", name, err, c.says)
		}
	}
}

func TestPasswordOfTheMailServerFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte("marée haute\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	n := &node{nodeOptions: nodeOptions{config: Config{Mail: MailConfig{Host: "x", PasswordFile: path}}}}
	if err := n.openMail(); err != nil || n.mail.Password != "marée haute" {
		t.Errorf("got %v", err)
	}
	n.config.Mail.PasswordFile += "-not"
	if err := n.openMail(); err == nil {
		t.Error("a file that is not there: no error")
	}
}

func TestEnvironmentReachesSectionsOfTwoWords(t *testing.T) {
	c := defaultConfig()
	err := applyEnviron(&c, []string{"ESSAIM_OPEN_FORM_ENABLED=false", "ESSAIM_MAIL_PASSWORD=x", "ESSAIM_OPENER=1"})
	if err != nil || c.OpenForm.Enabled || c.Mail.Password != "x" {
		t.Errorf("got %+v, %v", c.OpenForm, err)
	}
	if err := applyEnviron(&c, []string{"ESSAIM_OPEN_FORM_NOT=1"}); err == nil {
		t.Error("an unknown key: no error")
	}
}
