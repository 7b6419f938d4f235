package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"

	gomail "github.com/wneessen/go-mail"

	"github.com/essaim/essaim/store"
)

// Check says whether the mail server lets this node in; no letter is sent. A nil
// Mailer has no server and no trouble.
func (m *Mailer) Check(ctx context.Context) error {
	if m == nil {
		return nil
	}
	client, err := gomail.NewClient(m.Host, m.options()...)
	if err != nil {
		return fmt.Errorf("mail server %s: %w", m.Host, err)
	}
	if err := client.DialWithContext(ctx); err != nil {
		return err
	}
	return client.Close()
}

// Test sends a letter now, past the queue. id names it. Errors: ErrAddress, and those
// that Trouble tells apart.
func (m *Mailer) Test(ctx context.Context, msg Message, id store.ID) error {
	if !IsAddress(msg.To) {
		return ErrAddress
	}
	return m.deliver(ctx, msg, id)
}

// Trouble is what is wrong with a mail server, as the end of a message key:
// "name" (nobody is called so), "unreachable", "timeout", "tls", "sign-in", "sender"
// (it does not send for our address), "reader" (it does not deliver to that one),
// "refused" (the letter), or "talk" (the two do not understand each other). Empty: nothing.
func Trouble(err error) string {
	if err == nil {
		return ""
	}
	if refused, ok := errors.AsType[*gomail.SendError](err); ok {
		switch refused.Reason {
		case gomail.ErrSMTPMailFrom:
			return "sender"
		case gomail.ErrSMTPRcptTo:
			return "reader"
		}
		return "refused"
	}
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		if said.Code >= 530 && said.Code < 540 || said.Code == 454 { // RFC 4954 §6
			return "sign-in"
		}
		return "refused"
	}
	return connectionTrouble(err)
}

func connectionTrouble(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case is[*net.DNSError](err):
		return "name"
	case is[tls.RecordHeaderError](err), is[*tls.CertificateVerificationError](err), is[x509.HostnameError](err), is[tls.AlertError](err):
		return "tls"
	case is[*net.OpError](err):
		return "unreachable"
	case errors.Is(err, gomail.ErrNoSupportedAuthDiscovered):
		return "sign-in"
	}
	return "talk"
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
