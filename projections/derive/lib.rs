//! `#[derive(FromRow)]` for the rows that questions answer: each field from the column of its name, whatever the engine.
//!
//! sqlx has the same derive, in a crate that is built with every driver, SQLite's C code included, once more for the build machine: that doubled
//! a clean build of the largest libraries. This one knows just what our rows need: named fields, and `#[from_row(rename = "…")]`.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Code;
use quote::quote;
use syn::{Data, DeriveInput, Error, Field, Fields, LitStr, parse_macro_input, spanned::Spanned as _};

/// Fills a struct from a row of any engine whose columns have the names and types of its fields.
#[proc_macro_derive(FromRow, attributes(from_row))]
pub fn from_row(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    written(&input).unwrap_or_else(Error::into_compile_error).into()
}

fn written(input: &DeriveInput) -> syn::Result<Code> {
    let refused = || Error::new(input.span(), "FromRow is for structs with named fields and no parameters");
    let Data::Struct(data) = &input.data else { return Err(refused()) };
    let Fields::Named(fields) = &data.fields else { return Err(refused()) };
    if !input.generics.params.is_empty() {
        return Err(refused());
    }
    let name = &input.ident;
    let columns = fields.named.iter().map(column).collect::<syn::Result<Vec<_>>>()?;
    let idents: Vec<_> = fields.named.iter().map(|field| &field.ident).collect();
    let types: Vec<_> = fields.named.iter().map(|field| &field.ty).collect();
    Ok(quote! {
        #[automatically_derived]
        impl<'r, R: ::sqlx::Row> ::sqlx::FromRow<'r, R> for #name
        where
            &'static str: ::sqlx::ColumnIndex<R>,
            #(#types: ::sqlx::Decode<'r, R::Database> + ::sqlx::Type<R::Database>,)*
        {
            fn from_row(row: &'r R) -> ::sqlx::Result<Self> {
                ::std::result::Result::Ok(Self { #(#idents: ::sqlx::Row::try_get(row, #columns)?,)* })
            }
        }
    })
}

/// The column of a field: its own name, or the one it is renamed to.
fn column(field: &Field) -> syn::Result<LitStr> {
    let mut renamed = None;
    for attr in field.attrs.iter().filter(|attr| attr.path().is_ident("from_row")) {
        attr.parse_nested_meta(|meta| {
            if !meta.path.is_ident("rename") {
                return Err(meta.error("only `rename` is known"));
            }
            renamed = Some(meta.value()?.parse::<LitStr>()?);
            Ok(())
        })?;
    }
    let own = || field.ident.as_ref().map(|ident| LitStr::new(&ident.to_string(), ident.span()));
    renamed.or_else(own).ok_or_else(|| Error::new(field.span(), "a field without a name"))
}
