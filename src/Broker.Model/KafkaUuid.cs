using System.Buffers.Text;
using System.Text;

namespace Broker.Model;

/// <summary>Kafka's text form of a UUID: big-endian bytes as URL-safe base64 without padding.</summary>
public static class KafkaUuid
{
    private const int Size = 16;

    public static string Format(Guid value)
    {
        Span<byte> bytes = stackalloc byte[Size];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    public static bool TryParse(string text, out Guid value)
    {
        Span<byte> bytes = stackalloc byte[Size];
        value = default;
        if (text.Length != 22 || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromUtf8(Encoding.ASCII.GetBytes(text), bytes, out int written) || written != Size)
        {
            return false;
        }

        value = new Guid(bytes, bigEndian: true);
        return true;
    }
}
