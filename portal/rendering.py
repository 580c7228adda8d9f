"""How forms are drawn: label, help and error of every field in one way."""

from django.forms.renderers import TemplatesSetting


class PortalRenderer(TemplatesSetting):
    """Django's renderer with the portal's own templates for forms and fields."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
