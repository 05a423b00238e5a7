namespace Broker.Generators.Model;

/// <summary>
/// A request or response: the outermost struct, and all structs inside it in the order of their appearance.
/// </summary>
public sealed record MessageSchema(StructSchema Root, EquatableArray<StructSchema> Parts);
