using System.Buffers;
using Broker.Model;
using MessagePack;
using MessagePack.Formatters;
using MessagePack.Resolvers;

namespace Broker.Metadata;

/// <summary>How the model's values stand in records: identities as 16 bytes, numbers as numbers.</summary>
internal static class MetadataEncoding
{
    public static readonly MessagePackSerializerOptions Options = MessagePackSerializerOptions.Standard
        .WithSecurity(MessagePackSecurity.UntrustedData)
        .WithResolver(CompositeResolver.Create(
            [
                new NumberFormatter<BrokerId>(id => id.Value, value => new BrokerId(value)),
                new NumberFormatter<Term>(term => term.Value, value => new Term(value)),
                new IdentityFormatter<TopicId>(id => id.Value, value => new TopicId(value)),
                new IdentityFormatter<ClusterId>(id => id.Value, value => new ClusterId(value)),
                new IdentityFormatter<Incarnation>(id => id.Value, value => new Incarnation(value)),
                new IdentityFormatter<ProcessIncarnation>(id => id.Value, value => new ProcessIncarnation(value)),
                new AddressFormatter(),
            ],
            [StandardResolver.Instance]));

    private sealed class NumberFormatter<T>(Func<T, int> toNumber, Func<int, T> fromNumber) : IMessagePackFormatter<T>
    {
        public void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options) =>
            writer.Write(toNumber(value));

        public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
            fromNumber(reader.ReadInt32());
    }

    private sealed class IdentityFormatter<T>(Func<T, Guid> toGuid, Func<Guid, T> fromGuid) : IMessagePackFormatter<T>
    {
        private const int Size = 16;

        public void Serialize(ref MessagePackWriter writer, T value, MessagePackSerializerOptions options)
        {
            writer.WriteBinHeader(Size);
            toGuid(value).TryWriteBytes(writer.GetSpan(Size), bigEndian: true, out int written);
            writer.Advance(written);
        }

        public T Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
        {
            if (reader.ReadBytes() is not { Length: Size } read)
            {
                throw new MessagePackSerializationException("An identity must have 16 bytes.");
            }

            Span<byte> bytes = stackalloc byte[Size];
            read.CopyTo(bytes);
            return fromGuid(new Guid(bytes, bigEndian: true));
        }
    }

    private sealed class AddressFormatter : IMessagePackFormatter<HostAndPort>
    {
        public void Serialize(ref MessagePackWriter writer, HostAndPort value, MessagePackSerializerOptions options)
        {
            writer.WriteArrayHeader(2);
            writer.Write(value.Host);
            writer.Write(value.Port);
        }

        public HostAndPort Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
        {
            if (reader.ReadArrayHeader() != 2)
            {
                throw new MessagePackSerializationException("An address must have a host and a port.");
            }

            return new HostAndPort(reader.ReadString() ?? "", reader.ReadInt32());
        }
    }
}
