namespace Broker.Metadata;

/// <summary>
/// What the metadata group agreed on was written by a newer version than this one, which can't follow it. Unlike a
/// record that contradicts the image it must never be passed over: every other broker applies it.
/// </summary>
public sealed class NewerVersionException(string message) : MetadataRecordException(message);
