package admin

import (
	"errors"
	"net/http"

	"github.com/essaim/essaim/store"
	"github.com/essaim/essaim/web/assets"
)

const roleRulesPath = "/admin/membres/organisations"

// roleRulesPage is "admin-rolerules.html": the organisations whose people get an account
// when the provider brings them, and the form for one more.
type roleRulesPage struct {
	form
	Rows []roleRuleRow
}

type roleRuleRow struct {
	store.RoleRule
	Name, RoleName string
}

// roleRules is /admin/membres/organisations.
func (p *Pages) roleRules(w http.ResponseWriter, r *http.Request) error {
	if !isPost(r) {
		return p.showRoleRules(w, r, nil)
	}
	viewer, done := p.Frame.Viewer(r), "rule.saved"
	var err error
	if of := r.PostForm.Get("end"); of != "" {
		done, err = "rule.ended", p.Node.EndRoleRule(r.Context(), viewer, of)
	} else {
		err = p.Node.SetRoleRule(r.Context(), viewer, typed(r, "of"), store.Role(typed(r, "role")))
	}
	if _, wrong := errors.AsType[store.FieldErrors](err); wrong {
		return p.showRoleRules(w, r, err)
	}
	if err != nil {
		return err
	}
	p.Frame.Log.InfoContext(r.Context(), "rule for roles changed", "actor", viewer.Actor)
	p.Frame.Flash(r, "ok", done)
	return p.Frame.Redirect(w, r, roleRulesPath)
}

func (p *Pages) showRoleRules(w http.ResponseWriter, r *http.Request, mistakes error) error {
	fields := p.roleRuleFields(r)
	page := roleRulesPage{form: form{
		top: p.admin(r, p.t(r, "admin.tab.rules"), roleRulesPath), Sections: []section{{Fields: fields}},
	}}
	if p.Provider == nil {
		page.Notice = &assets.Flash{Tone: "warn", Text: p.t(r, "rule.no-provider")}
	}
	status := http.StatusOK
	if mistakes != nil {
		status = http.StatusUnprocessableEntity
		fill(r, fields)
		page.Errors = p.Frame.Renderer.Catalog.Mistakes(assets.LangOf(r.Context()), mistakes, fields)
	}
	err := p.view(r, func(tx *store.Txn) error {
		page.Rows = nil
		for rule := range tx.RoleRules() {
			page.Rows = append(page.Rows, roleRuleRow{*rule, p.ruleName(r, rule), p.t(r, "account-role."+string(rule.Role))})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.Frame.Render(w, r, status, "admin-rolerules.html", page)
}

// ruleName is whom a rule is about, in words.
func (p *Pages) ruleName(r *http.Request, rule *store.RoleRule) string {
	if rule.IsSiret() {
		return p.t(r, "provider.siret", "siret", rule.Of)
	}
	return "@" + rule.Of
}

func (p *Pages) roleRuleFields(r *http.Request) []assets.Field {
	role := assets.Field{Name: "role", Label: p.t(r, "invite.role"), Hint: p.t(r, "rule.role-hint"), Type: "radios", Value: string(store.Contributor), Required: true}
	for _, x := range store.RuleRoles() {
		key := "account-role." + string(x)
		role.Choices = append(role.Choices, assets.Choice{Value: string(x), Text: p.t(r, key), Hint: p.t(r, key+"-hint")})
	}
	return []assets.Field{
		{Name: "of", Label: p.t(r, "rule.of"), Hint: p.t(r, "rule.of-hint"), Required: true, MaxLength: maxAddress, Autocomplete: "off"},
		role,
	}
}
