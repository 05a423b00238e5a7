using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Broker.Model;

namespace Broker.Storage;

/// <summary>
/// What meta.json says: whose data this is. Readable, with a checksum over its values, since everything else in the
/// directory is judged by it.
/// </summary>
internal sealed record DirectoryIdentity(ClusterId Cluster, BrokerId Broker, Incarnation Incarnation)
{
    private const int Format = 1;

    /// <summary>
    /// Lives of the same directory before this one, the oldest first: each ended with the loss of its votes.
    /// </summary>
    public ImmutableArray<Incarnation> Former { get; init; } = [];

    public byte[] Encode()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteString("cluster", Cluster.IsEmpty ? "" : Cluster.ToString());
            json.WriteNumber("broker", Broker.Value);
            json.WriteString("incarnation", Incarnation.ToString());
            json.WriteString("checksum", Checksum());
            if (!Former.IsEmpty)
            {
                json.WriteString("former", JoinFormer());
                json.WriteString("formerChecksum", Checksum(JoinFormer()));
            }

            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">It is damaged, or of another format; the message says which.</exception>
    /// <exception cref="DataDirectoryException">A newer version wrote it.</exception>
    public static DirectoryIdentity Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            int format = root.GetProperty("format").GetInt32();
            if (format > Format)
            {
                throw new DataDirectoryException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The data directory has format {format}, which a newer version of the broker wrote; this one "
                    + $"knows format {Format}. Start that version again."));
            }

            if (format != Format)
            {
                throw new FormatException(string.Create(
                    CultureInfo.InvariantCulture, $"it has format {format}, and this broker knows format {Format}"));
            }

            string cluster = root.GetProperty("cluster").GetString() ?? "";
            ClusterId clusterId = ClusterId.Empty;
            string life = root.GetProperty("incarnation").GetString() ?? "";
            bool reads = Incarnation.TryParse(life, out Incarnation incarnation)
                && (cluster.Length == 0 || ClusterId.TryParse(cluster, out clusterId));
            var identity = new DirectoryIdentity(
                clusterId, new BrokerId(root.GetProperty("broker").GetInt32()), incarnation);
            return reads && root.GetProperty("checksum").GetString() == identity.Checksum()
                ? identity with { Former = ReadFormer(root) }
                : throw new FormatException("its checksum does not match");
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("it is damaged", broken);
        }
    }

    // Beside what the first version of this format knows, with a checksum of its own: that version can still read the
    // rest.
    private static ImmutableArray<Incarnation> ReadFormer(JsonElement root)
    {
        if (!root.TryGetProperty("former", out JsonElement former))
            return [];
        string text = former.GetString() ?? "";
        if (root.GetProperty("formerChecksum").GetString() != Checksum(text))
            throw new FormatException("its checksum does not match");
        return [.. text.Split(',').Select(each => Incarnation.TryParse(each, out Incarnation read)
            ? read
            : throw new FormatException($"{each} is no incarnation"))];
    }

    private static string Checksum(string values) =>
        Crc32C.Compute(Encoding.UTF8.GetBytes(values)).ToString("x8", CultureInfo.InvariantCulture);

    private string Checksum() => Checksum(
        string.Create(CultureInfo.InvariantCulture, $"{Format} {Cluster} {Broker} {Incarnation}"));

    private string JoinFormer() => string.Join(',', Former);
}
