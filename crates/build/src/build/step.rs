//! One step: run its command in a room, read what it left, and publish it.

use crate::{
    BuildError, BuildRecord, Built, BuiltArtifact, Event, Events, Isolation, Plan, Run, Step,
    Workspace,
    kind::Site,
    record::{self, Provenance},
    room::{Room, Turn},
    sandbox::entry::SANDBOX_FAILED,
    verify::Verified,
};
use camino::Utf8PathBuf;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Instant,
};
use vocab::Sha256;

/// What all steps of one run share.
pub(super) struct Bench<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) plan: &'a Plan,
    pub(super) isolation: Isolation,
    pub(super) verified: Verified,
    pub(super) rebuild_check: bool,
    pub(super) events: &'a dyn Events,
    /// A lock for each action that other steps need, so that it is built once.
    pub(super) needed: Mutex<BTreeMap<Sha256, Arc<Mutex<()>>>>,
}

impl Bench<'_> {
    /// Builds a step, after those it needs, and publishes it.
    pub(super) fn make(&self, step: &Step) -> Result<Built, BuildError> {
        self.make_needs(step)?;
        let turn = self.turn_of(step)?;
        let _turn = turn.lock().map_err(|_| stopped())?;
        // Another step may have needed it, and waited less.
        match record::published(self.workspace, step) {
            Ok(Some((record, artifacts))) => Ok(Built::new(record, artifacts, true)),
            _ => self.make_alone(step),
        }
    }

    fn turn_of(&self, step: &Step) -> Result<Arc<Mutex<()>>, BuildError> {
        let mut turns = self.needed.lock().map_err(|_| stopped())?;
        Ok(turns.entry(*step.digest()).or_default().clone())
    }

    fn make_alone(&self, step: &Step) -> Result<Built, BuildError> {
        self.told(step, || {
            let started = jiff::Timestamp::now();
            let clock = Instant::now();
            let room = self.room(step, Turn::First)?;
            let artifacts = self.run(step, &room)?;
            let seconds = clock.elapsed().as_secs_f64();
            let modules = step.language().sources(self.site(step), &room)?;
            room.close()?;
            if self.rebuild_check {
                self.same_again(step, &artifacts)?;
            }
            let run = Run {
                started: started.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                seconds,
                sandbox: self.isolation.clone(),
                rebuilt_identically: self.rebuild_check,
            };
            let provenance = Provenance {
                toolchains: self.verified.toolchains_of(step),
                module_objects: self.verified.module_objects_of(step),
                modules,
                run,
            };
            let record = BuildRecord::new(step, &artifacts, provenance);
            record::publish(self.workspace, &record, &artifacts)?;
            Ok(Built::new(record, artifacts, false))
        })
    }

    /// Builds a published step a second time and notes in its record that the bytes are the same.
    pub(super) fn compare(
        &self,
        step: &Step,
        mut record: BuildRecord,
        artifacts: Vec<BuiltArtifact>,
    ) -> Result<Built, BuildError> {
        self.told(step, || {
            self.make_needs(step)?;
            self.same_again(step, &artifacts)?;
            record.run.rebuilt_identically = true;
            record::publish(self.workspace, &record, &artifacts)?;
            Ok(Built::new(record, artifacts, true))
        })
    }

    /// Tells the watchers how a step goes, and puts its name before an error.
    fn told(
        &self,
        step: &Step,
        work: impl FnOnce() -> Result<Built, BuildError>,
    ) -> Result<Built, BuildError> {
        let label = step.label();
        self.events.event(Event::StepStarted { step: label.clone() });
        let clock = Instant::now();
        match work() {
            Ok(built) => {
                let (seconds, cached) = (clock.elapsed().as_secs_f64(), built.cached());
                self.events.event(Event::StepFinished { step: label, seconds, cached });
                Ok(built)
            }
            Err(error) => {
                self.events.event(Event::StepFailed {
                    step: label.clone(),
                    log: self.log(step, Turn::First),
                });
                Err(BuildError::Step { step: label, error: Box::new(error) })
            }
        }
    }

    /// Builds what a step needs and is not there. Two steps may need the same, and a profile may name it as well: the
    /// first to come builds it.
    pub(super) fn make_needs(&self, step: &Step) -> Result<(), BuildError> {
        for need in step.needs() {
            self.make_needs(need)?;
            let turn = self.turn_of(need)?;
            let _turn = turn.lock().map_err(|_| stopped())?;
            if !matches!(record::published(self.workspace, need), Ok(Some(_))) {
                let _built = self.make_alone(need)?;
            }
        }
        Ok(())
    }

    fn site<'s>(&'s self, step: &'s Step) -> Site<'s> {
        Site { workspace: self.workspace, plan: self.plan, step }
    }

    fn room(&self, step: &Step, turn: Turn) -> Result<Room, BuildError> {
        Room::new(self.site(step), &self.isolation, turn)
    }

    fn log(&self, step: &Step, turn: Turn) -> Utf8PathBuf {
        let log = self.workspace.log(step.component(), step.target());
        if turn == Turn::First { log } else { log.with_extension("again.log") }
    }

    fn run(&self, step: &Step, room: &Room) -> Result<Vec<BuiltArtifact>, BuildError> {
        let command = room.invocation(&step.action().arguments, &step.action().environment)?;
        let label = step.label();
        let watch = |line: &str| {
            self.events.event(Event::StepLine { step: label.clone(), line: line.to_owned() });
        };
        let log = self.log(step, room.turn());
        let outcome = command.run(Some(&log), &watch)?;
        if outcome.status.code() == Some(i32::from(SANDBOX_FAILED)) {
            return Err(BuildError::Sandbox { why: outcome.tail.join("; ") });
        }
        if !outcome.status.success() {
            return Err(command.failed("the build", Some(&log), outcome));
        }
        record::collect(step, room.out()?)
    }

    /// Builds once more, elsewhere and with empty caches, and compares.
    fn same_again(&self, step: &Step, first: &[BuiltArtifact]) -> Result<(), BuildError> {
        self.events
            .event(Event::Note(format!("building {} a second time, to compare", step.label())));
        let room = self.room(step, Turn::Again)?;
        let second = self.run(step, &room)?;
        room.close()?;
        let differing: Vec<_> = first
            .iter()
            .zip(&second)
            .filter(|(one, two)| one.sha256 != two.sha256)
            .map(|(one, two)| (one.path.clone(), one.sha256, two.sha256))
            .collect();
        if differing.is_empty() {
            Ok(())
        } else {
            Err(BuildError::NotReproducible { step: step.label(), differing })
        }
    }
}

fn stopped() -> std::io::Error {
    std::io::Error::other("a build thread stopped")
}
