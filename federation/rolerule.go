package federation

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"github.com/essaim/essaim/store"
)

// openMail are domains at which anybody gets an address: they say nothing of for whom
// somebody works.
var openMail = []string{
	"aol.com", "bbox.fr", "free.fr", "gmail.com", "gmx.com", "gmx.fr", "gmx.net", "googlemail.com", "hotmail.com", "hotmail.fr",
	"icloud.com", "laposte.net", "live.com", "live.fr", "mac.com", "mailo.com", "me.com", "msn.com", "neuf.fr", "orange.fr",
	"outlook.com", "outlook.fr", "pm.me", "proton.me", "protonmail.com", "sfr.fr", "tutanota.com", "wanadoo.fr", "yahoo.com",
	"yahoo.fr", "ymail.com", "yopmail.com", "zaclys.net",
}

// SetRoleRule gives a role to whoever comes from an organisation by the OpenID provider
// and has no account: from the SIRET of its establishment, or the domain of its
// addresses. Errors: ErrForbidden; store.FieldErrors of "of" and "role".
func (n *Node) SetRoleRule(ctx context.Context, by store.Viewer, of string, role store.Role) error {
	rule, err := roleRule(of, role)
	if err != nil {
		return err
	}
	return n.update(ctx, by, func(tx *store.Txn) error {
		if !by.May(store.Appoint) {
			return fmt.Errorf("rule for %s by %s: %w", rule.Of, by.Actor, ErrForbidden)
		}
		tx.PutRoleRule(rule)
		tx.Note(store.JournalEntry{Deed: store.SetRule, What: rule.Of, Reason: string(role)})
		return nil
	})
}

// roleRule is a rule as people may type it: digits in groups, an address with its domain.
func roleRule(of string, role store.Role) (rule store.RoleRule, err error) {
	rule = store.RoleRule{Of: strings.Join(strings.Fields(of), ""), Role: role}
	wrong := rule.Check()
	if rule.Of != "" && !rule.IsSiret() {
		domain, reason := organisationDomain(rule.Of)
		if rule.Of = domain; reason != "" {
			wrong = append(wrong, &store.FieldError{Field: "of", Reason: reason})
		}
	}
	if len(wrong) > 0 {
		return rule, wrong
	}
	return rule, nil
}

// organisationDomain is the domain of an address, or one that stands alone, in ASCII. A
// reason says why no organisation can be told by it.
func organisationDomain(text string) (domain, reason string) {
	domain = mailDomain(text)
	_, noName := netip.ParseAddr(domain)
	_, err := publicsuffix.EffectiveTLDPlusOne(domain) // an error: whoever registers below it has one
	switch {
	case domain == "" || noName == nil || !strings.Contains(domain, "."):
		return "", "error.mail-domain"
	case err != nil:
		return "", "error.mail-domain-wide"
	case slices.Contains(openMail, domain):
		return "", "error.mail-domain-open"
	}
	return domain, ""
}

// mailDomain is what stands behind the last @, in ASCII; empty: it is no domain.
func mailDomain(text string) string {
	const longest = 253 // RFC 1035 §2.3.4
	text = text[strings.LastIndex(text, "@")+1:]
	domain, err := idna.Lookup.ToASCII(strings.TrimSuffix(text, "."))
	if err != nil || len(domain) > longest {
		return ""
	}
	return domain
}

// EndRoleRule forgets the rule about an organisation. Whoever came by it stays. Errors:
// ErrForbidden.
func (n *Node) EndRoleRule(ctx context.Context, by store.Viewer, of string) error {
	return n.update(ctx, by, func(tx *store.Txn) error {
		if !by.May(store.Appoint) {
			return fmt.Errorf("rule for %s by %s: %w", of, by.Actor, ErrForbidden)
		}
		tx.DeleteRoleRule(of)
		tx.Note(store.JournalEntry{Deed: store.EndRule, What: of})
		return nil
	})
}

// RoleRuleOf is the rule for somebody whose provider stands for a SIRET and an address,
// each of which may be empty; nil: there is none.
func RoleRuleOf(tx *store.Txn, siret, email string) *store.RoleRule {
	return tx.RoleRuleFor(strings.Join(strings.Fields(siret), ""), mailDomain(email))
}

// JoinByRule is AddMember for whoever a rule is for, and the lab is told. The role is
// the rule's. then, which may be nil, is done in the same transaction, when the account
// is there. store.ErrNotFound: there is no rule, or not any more.
func (n *Node) JoinByRule(ctx context.Context, siret, email string, member store.Actor, account *store.Account, then func(*store.Txn) error) (*store.Actor, error) {
	may := func(tx *store.Txn) error {
		rule := RoleRuleOf(tx, siret, email)
		if rule == nil {
			return fmt.Errorf("rule: %w", store.ErrNotFound)
		}
		account.Role = rule.Role
		return nil
	}
	told := func(tx *store.Txn) error {
		tx.TellOfMember(account.Actor)
		if then == nil {
			return nil
		}
		return then(tx)
	}
	return n.addMember(ctx, member, account, store.JoinByRule, may, told)
}
