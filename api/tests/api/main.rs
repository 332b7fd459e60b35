//! The API over real HTTP, with a real store and a real engine.

mod alerts;
mod audit;
mod campaigns;
mod console;
mod decide;
mod events;
mod house;
mod limits;
mod lists;
mod openapi;
mod problems;
mod reading;
mod review_page;
