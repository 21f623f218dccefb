//! Where a component has its functions, looked up once. The generated bindings would check the types of all seven each time that one is called.

use wasmtime::component::{Component, ComponentExportIndex};

use crate::round_v1::ROUND;

/// The functions of `round`.
pub(crate) struct Exports {
    pub validate_config: ComponentExportIndex,
    pub render: ComponentExportIndex,
    pub submit: ComponentExportIndex,
    pub tally: ComponentExportIndex,
    pub summarise: ComponentExportIndex,
    pub export: ComponentExportIndex,
}

impl Exports {
    /// The functions of `component`; none if one is lacking.
    pub(crate) fn find(component: &Component) -> Option<Self> {
        let round = component.get_export_index(None, ROUND)?;
        let find = |name| component.get_export_index(Some(&round), name);
        Some(Self {
            validate_config: find("validate-config")?,
            render: find("render")?,
            submit: find("submit")?,
            tally: find("tally")?,
            summarise: find("summarise")?,
            export: find("export")?,
        })
    }
}
