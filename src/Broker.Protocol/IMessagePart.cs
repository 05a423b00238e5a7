namespace Broker.Protocol;

/// <summary>
/// Something with a codec: a message or a part of one. Instances are mutable and meant to be used again; each has one
/// owner at a time.
/// </summary>
public interface IMessagePart
{
    /// <summary>Resets this and takes its values from the wire.</summary>
    /// <exception cref="ProtocolException">The bytes are not such a message in this version.</exception>
    void Read(ref ProtocolReader reader, short version);

    /// <exception cref="ProtocolException">The values can't be expressed in this version.</exception>
    void Write(ProtocolWriter writer, short version);

    /// <summary>Back to the defaults; lists are emptied and keep their room.</summary>
    void Reset();
}
