package store

import (
	"iter"
	"slices"
	"strings"
	"time"
)

// RoleRule gives a role to whom the OpenID provider of this node brings for the first
// time from an organisation. It counts once: the account that is made keeps its role
// whatever becomes of the rule, until somebody gives it another, and accounts that were
// there before are none of its business.
type RoleRule struct {
	Of    string    `json:"of"` // the SIRET of an establishment, or a domain of e-mail addresses, in ASCII
	Role  Role      `json:"role"`
	Since time.Time `json:"since"`
}

// RuleRoles are the roles that a rule may give. Who administers the node is appointed by
// somebody who does: a mistake at the provider must not give the whole away.
func RuleRoles() []Role { return []Role{Contributor, Moderator, Animator} }

// IsSiret says whether the rule is about an establishment.
func (r *RoleRule) IsSiret() bool { return isDigits(r.Of) }

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// PutRoleRule keeps a rule, in place of another about the same organisation.
func (t *Txn) PutRoleRule(r RoleRule) {
	r.Since = stamp(t.now)
	t.putJSON(key(tRoleRule, r.Of), r)
}

// DeleteRoleRule forgets the rule about an organisation, if there is one.
func (t *Txn) DeleteRoleRule(of string) { t.tx.Delete(key(tRoleRule, of)) }

// RoleRules yields all rules, those about establishments first.
func (t *Txn) RoleRules() iter.Seq[*RoleRule] { return rows[RoleRule](t, []byte(tRoleRule)) }

// RoleRuleFor is the rule for somebody, of what the provider stands for: the SIRET of
// whom they work for, which goes first, and the domain of their address, in ASCII. Each
// may be empty. Nil: there is none.
func (t *Txn) RoleRuleFor(siret, domain string) *RoleRule {
	r := new(RoleRule)
	if isDigits(siret) && t.getJSON(key(tRoleRule, siret), r) || domain != "" && !isDigits(domain) && t.getJSON(key(tRoleRule, domain), r) {
		return r
	}
	return nil
}

// Check says what is wrong with a rule but for its domain, as FieldErrors, or nil.
func (r *RoleRule) Check() FieldErrors {
	var wrong FieldErrors
	if r.Of == "" {
		wrong = append(wrong, &FieldError{Field: "of", Reason: "error.required"})
	}
	if r.IsSiret() {
		if reason := validSIRET(r.Of); reason != "" {
			wrong = append(wrong, &FieldError{Field: "of", Reason: "error." + reason})
		}
	}
	if !slices.Contains(RuleRoles(), r.Role) {
		wrong = append(wrong, &FieldError{Field: "role", Reason: "error.choice"})
	}
	return wrong
}
