//! Colours, type and distances for egui; all of them come from the palette of `quarterdeck-view`.

use crate::fonts;
use egui::style::{Selection, TextCursorStyle, WidgetVisuals, Widgets};
use egui::{Color32, Context, CornerRadius, FontFamily, FontId, Stroke, TextStyle, Visuals, vec2};
use quarterdeck_view::palette::{self, Role, grid};
use quarterdeck_view::panel::{Status, Tone};

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Dark.
    pub dark: bool,
}

fn colour((r, g, b): palette::Rgb) -> Color32 {
    Color32::from_rgb(r, g, b)
}

impl Theme {
    /// Colour of a surface, line or series.
    pub fn role(self, role: Role) -> Color32 {
        colour(role.rgb(self.dark))
    }
    /// Ink of a tone.
    pub fn tone(self, tone: Tone) -> Color32 {
        colour(palette::ink(tone, self.dark))
    }
    /// Ink of a status.
    pub fn ink(self, status: Status) -> Color32 {
        self.tone(Tone::Status(status))
    }
    /// Pale surface of a status.
    pub fn tint(self, status: Status) -> Color32 {
        colour(palette::look(status).tint.of(self.dark))
    }
    /// A rule, 1 point.
    pub fn rule(self) -> Stroke {
        Stroke::new(grid::STROKES.0, self.role(Role::Line))
    }
    /// A strong rule, 1 point.
    pub fn strong_rule(self) -> Stroke {
        Stroke::new(grid::STROKES.0, self.role(Role::StrongLine))
    }
    /// The mark of the keyboard's focus.
    pub fn focus(self) -> Stroke {
        Stroke::new(grid::STROKES.2, self.role(Role::Accent))
    }
    /// A surface between a status' tint and its ink: segments that recede.
    pub fn pale(self, status: Status) -> Color32 {
        self.tint(status).lerp_to_gamma(self.ink(status), 0.25)
    }

    /// Sets egui's own style, which menus, tooltips, text fields and scroll bars follow.
    pub fn apply(self, context: &Context) {
        let kind = if self.dark {
            egui::Theme::Dark
        } else {
            egui::Theme::Light
        };
        context.set_theme(kind);
        context.style_mut_of(kind, |style| {
            style.visuals = self.visuals();
            style.animation_time = 0.0;
            style.scroll_animation = egui::style::ScrollAnimation::none();
            style.text_styles = [
                (TextStyle::Small, FontId::proportional(grid::AXIS)),
                (TextStyle::Body, FontId::proportional(grid::BODY)),
                (TextStyle::Button, FontId::proportional(grid::BODY)),
                (TextStyle::Heading, FontId::new(grid::LABEL, fonts::bold())),
                (
                    TextStyle::Monospace,
                    FontId::new(grid::MONO, FontFamily::Monospace),
                ),
            ]
            .into();
            style.interaction.selectable_labels = false;
            style.interaction.tooltip_delay = 0.3;
            style.interaction.show_tooltips_only_when_still = false;
            let spacing = &mut style.spacing;
            spacing.item_spacing = vec2(8.0, 4.0);
            spacing.button_padding = vec2(8.0, 3.0);
            spacing.interact_size.y = grid::ROW;
            spacing.tooltip_width = 480.0;
            spacing.scroll.floating = true;
            spacing.scroll.fade.strength = 0.0;
            spacing.scroll.foreground_color = false;
        });
    }

    fn visuals(self) -> Visuals {
        let mut visuals = if self.dark {
            Visuals::dark()
        } else {
            Visuals::light()
        };
        let widget = |fill: Role, edge: Role, text: Role| WidgetVisuals {
            bg_fill: self.role(fill),
            weak_bg_fill: self.role(fill),
            bg_stroke: Stroke::new(1.0, self.role(edge)),
            corner_radius: CornerRadius::same(4),
            fg_stroke: Stroke::new(1.0, self.role(text)),
            expansion: 0.0,
        };
        visuals.widgets = Widgets {
            noninteractive: widget(Role::Content, Role::Line, Role::Text),
            inactive: widget(Role::Content, Role::StrongLine, Role::Text),
            hovered: widget(Role::Band, Role::ControlEdge, Role::Text),
            active: widget(Role::Selection, Role::Accent, Role::Text),
            open: widget(Role::Selection, Role::StrongLine, Role::Text),
        };
        visuals.selection = Selection {
            bg_fill: self.role(Role::Selection),
            stroke: Stroke::new(1.0, self.role(Role::Text)),
        };
        visuals.override_text_color = None;
        visuals.weak_text_color = Some(self.role(Role::Hint));
        visuals.hyperlink_color = self.role(Role::Accent);
        visuals.faint_bg_color = self.role(Role::Band);
        visuals.extreme_bg_color = self.role(Role::Content);
        visuals.code_bg_color = self.role(Role::Band);
        visuals.warn_fg_color = self.ink(Status::AtRisk);
        visuals.error_fg_color = self.ink(Status::Behind);
        visuals.panel_fill = self.role(Role::Content);
        visuals.window_fill = self.role(Role::Content);
        visuals.window_stroke = self.strong_rule();
        visuals.window_corner_radius = CornerRadius::same(4);
        visuals.menu_corner_radius = CornerRadius::same(4);
        visuals.window_shadow = egui::Shadow::NONE;
        visuals.popup_shadow = egui::Shadow::NONE;
        visuals.striped = false;
        visuals.text_cursor = TextCursorStyle {
            stroke: Stroke::new(1.5, self.role(Role::Accent)),
            blink: false,
            ..TextCursorStyle::default()
        };
        visuals
    }
}
