namespace Broker.Generators.Model;

/// <summary>
/// What a field holds on the wire, or for the named kinds, what it means (they become values of Broker.Model).
/// </summary>
public enum FieldKind
{
    Bool,
    Int8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    Float64,
    Uuid,
    String,
    Bytes,
    Records,
    TopicName,
    TopicId,
    BrokerId,
    ProducerId,
    ErrorCode,
    Struct,
}
