//! What the window has to say of itself, over everything, until it has been read.

use egui::{Align2, Area, Context, Frame, Id, Order, RichText, vec2};

use crate::session::{Command, Session};

use super::fonts;
use super::widgets::Emit;

const WIDTH: f32 = 560.0;

/// Shows the oldest notice, if there is one.
pub fn notices_ui(ctx: &Context, session: &Session, emit: &mut Emit<'_>) {
    let Some(text) = session.notices().first() else { return };
    let theme = emit.theme;
    let width = WIDTH.min(ctx.content_rect().width() - 32.0);
    let area = Area::new(Id::unique("notice")).order(Order::Foreground).anchor(Align2::CENTER_BOTTOM, vec2(0.0, -40.0));
    area.show(ctx, |ui| {
        Frame::new().fill(theme.ink).corner_radius(6).inner_margin(12).show(ui, |ui| {
            ui.set_width(width - 24.0);
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                let room = width - 24.0 - 74.0;
                ui.allocate_ui(vec2(room, 20.0), |ui| {
                    ui.set_width(room);
                    let text = RichText::new(text).font(fonts::regular(fonts::ROW)).color(theme.on_ink);
                    ui.add(egui::Label::new(text).wrap());
                });
                let label = RichText::new("Close").font(fonts::medium(fonts::ROW)).color(theme.ink);
                let close = ui.add(egui::Button::new(label).fill(theme.on_ink).min_size(vec2(60.0, 28.0)));
                if close.clicked() {
                    emit.emit(Command::DismissNotice);
                }
            });
        });
    });
}
