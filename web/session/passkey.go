package session

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/essaim/essaim/store"
)

// keyCeremony is what a passkey is asked in this session (WebAuthn §7).
const keyCeremony = "ceremony"

// MaxPasskeys is the most that an account can have.
const MaxPasskeys = 20

// relyingParty is this node as authenticators know it; nil where its address is
// none that passkeys can be bound to.
func relyingParty(base string) *webauthn.WebAuthn {
	u, err := url.Parse(base)
	if err != nil {
		return nil
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: u.Host, RPOrigins: []string{u.Scheme + "://" + u.Host},
	})
	if err != nil {
		return nil
	}
	return w
}

// holder is an account as package webauthn asks for it.
type holder struct {
	*who
	factors *store.Factors
}

func (h holder) WebAuthnID() []byte          { return []byte(h.account.ID.String()) }
func (h holder) WebAuthnName() string        { return h.actor.Handle }
func (h holder) WebAuthnDisplayName() string { return h.actor.DisplayName() }

func (h holder) WebAuthnCredentials() (list []webauthn.Credential) {
	for _, k := range h.factors.Passkeys {
		var c webauthn.Credential
		if err := json.Unmarshal(k.Credential, &c); err == nil {
			list = append(list, c)
		}
	}
	return list
}

func (m *Manager) holder(ctx context.Context, account store.ID) (h holder, err error) {
	err = m.store.View(ctx, func(tx *store.Txn) error {
		w, err := find(tx, account)
		h = holder{w, tx.Factors(account)}
		return err
	})
	return h, err
}

// Passkeys says whether this node can be signed in to with passkeys at all.
func (m *Manager) Passkeys() bool { return m.party != nil }

// AskNewPasskey is what a browser is asked to make a passkey for the account of
// this session, to be sent as JSON.
func (m *Manager) AskNewPasskey(ctx context.Context) (any, error) {
	l := m.Login(ctx)
	if l == nil || m.party == nil {
		return nil, ErrCredentials
	}
	h, err := m.holder(ctx, l.Account)
	if err != nil {
		return nil, err
	}
	options, data, err := m.party.BeginRegistration(h,
		webauthn.WithResidentKeyRequirement(protocol.ResidentKeyRequirementRequired),
		webauthn.WithExclusions(webauthn.Credentials(h.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return nil, fmt.Errorf("ask for a passkey: %w", err)
	}
	return options, m.keepCeremony(ctx, data)
}

// AddPasskey keeps the passkey that a browser made. All other logins of the account
// end. Errors: ErrCredentials when it is not what was asked for.
func (m *Manager) AddPasskey(ctx context.Context, name string, answer []byte) error {
	l := m.Login(ctx)
	data, ok := m.takeCeremony(ctx)
	if l == nil || !ok {
		return ErrCredentials
	}
	h, err := m.holder(ctx, l.Account)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return ErrCredentials
	}
	c, err := m.party.CreateCredential(h, data, parsed)
	if err != nil || len(h.factors.Passkeys) >= MaxPasskeys {
		return ErrCredentials
	}
	kept, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return m.changeFactors(ctx, PasskeyAdded, func(f *store.Factors, tx *store.Txn) bool {
		f.Passkeys = append(f.Passkeys, store.Passkey{Name: name, ID: c.ID, Credential: kept, Created: tx.Now()})
		return true
	})
}

// RemovePasskey takes a passkey from the account of this session. Errors:
// store.ErrLastWayIn.
func (m *Manager) RemovePasskey(ctx context.Context, id []byte) error {
	return m.changeWays(ctx, PasskeyRemoved, func(tx *store.Txn, account store.ID) (changed bool, err error) {
		f := tx.Factors(account)
		had := len(f.Passkeys)
		f.Passkeys = slices.DeleteFunc(f.Passkeys, func(k store.Passkey) bool { return bytes.Equal(k.ID, id) })
		tx.PutFactors(account, f)
		return len(f.Passkeys) < had, m.hasWayIn(tx, account)
	})
}

// AskPasskey is what a browser is asked to show a passkey: one of the account of
// this session, or of the one that is Pending; else any that this node knows, and
// then its owner must be verified by the authenticator, since no password was asked.
func (m *Manager) AskPasskey(ctx context.Context) (any, error) {
	if m.party == nil {
		return nil, ErrCredentials
	}
	var options *protocol.CredentialAssertion
	var data *webauthn.SessionData
	account, err := m.asked(ctx)
	if errors.Is(err, store.ErrNotFound) {
		options, data, err = m.party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	} else if err == nil {
		var h holder
		if h, err = m.holder(ctx, account); err == nil && len(h.factors.Passkeys) == 0 {
			return nil, ErrCredentials
		}
		if err == nil {
			options, data, err = m.party.BeginLogin(h, webauthn.WithUserVerification(m.verification(ctx)))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("ask a passkey: %w", err)
	}
	return options, m.keepCeremony(ctx, data)
}

// verification is whether the authenticator must know its owner: not where a
// password did.
func (m *Manager) verification(ctx context.Context) protocol.UserVerificationRequirement {
	if m.Login(ctx) == nil {
		return protocol.VerificationDiscouraged
	}
	return protocol.VerificationRequired
}

// asked is the account that a passkey is asked of, or store.ErrNotFound.
func (m *Manager) asked(ctx context.Context) (store.ID, error) {
	if l := m.Login(ctx); l != nil {
		return l.Account, nil
	}
	a, _, err := m.Pending(ctx)
	if err != nil {
		return 0, err
	}
	return a.ID, nil
}

// ShowPasskey takes the answer to AskPasskey: it signs in, or proves anew who
// is. Errors: ErrCredentials.
func (m *Manager) ShowPasskey(ctx context.Context, answer []byte) error {
	data, ok := m.takeCeremony(ctx)
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if !ok || err != nil {
		return ErrCredentials
	}
	h, c, err := m.validate(ctx, data, parsed)
	if err != nil || c.Authenticator.CloneWarning {
		return ErrCredentials
	}
	if err := m.usePasskey(ctx, h.account.ID, c); err != nil {
		return err
	}
	if m.Login(ctx) != nil {
		m.prove(ctx)
		return nil
	}
	return m.Begin(ctx, h.account)
}

func (m *Manager) validate(ctx context.Context, data webauthn.SessionData, parsed *protocol.ParsedCredentialAssertionData) (h holder, c *webauthn.Credential, err error) {
	account, err := m.asked(ctx)
	if err == nil {
		if h, err = m.holder(ctx, account); err != nil {
			return h, nil, err
		}
		c, err = m.party.ValidateLogin(h, data, parsed)
		return h, c, err
	}
	_, c, err = m.party.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		id, err := store.ParseID(string(handle))
		if err == nil {
			h, err = m.holder(ctx, id)
		}
		return h, err
	}, data, parsed)
	return h, c, err
}

// usePasskey keeps the authenticator's counter and when it was used.
func (m *Manager) usePasskey(ctx context.Context, account store.ID, c *webauthn.Credential) error {
	kept, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return m.store.Update(ctx, func(tx *store.Txn) error {
		f := tx.Factors(account)
		i := slices.IndexFunc(f.Passkeys, func(k store.Passkey) bool { return bytes.Equal(k.ID, c.ID) })
		if i < 0 {
			return ErrCredentials
		}
		f.Passkeys[i].Credential, f.Passkeys[i].Used = kept, tx.Now()
		tx.PutFactors(account, f)
		return nil
	})
}

func (m *Manager) keepCeremony(ctx context.Context, data *webauthn.SessionData) error {
	b, err := json.Marshal(data)
	if err == nil {
		m.scs.Put(ctx, keyCeremony, string(b))
	}
	return err
}

// takeCeremony is what was asked, once.
func (m *Manager) takeCeremony(ctx context.Context) (data webauthn.SessionData, ok bool) {
	err := json.Unmarshal([]byte(m.scs.PopString(ctx, keyCeremony)), &data)
	return data, err == nil && m.party != nil
}
