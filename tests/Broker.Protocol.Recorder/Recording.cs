using System.Globalization;

namespace Broker.Protocol.Recorder;

/// <summary>
/// A folder of request frames, each without its length: NN_Api_vX.bin, then NN_Api_vX_2.bin for another of the same
/// version, a few at most.
/// </summary>
internal sealed class Recording
{
    private const int MostOfOneVersion = 16;

    // The header up to the correlation id, which makes otherwise equal requests differ.
    private const int KeyAndVersion = 4;
    private const int BehindCorrelation = 8;

    private readonly string _folder;
    private readonly Lock _lock = new();
    private readonly Dictionary<(ApiKey, short), List<byte[]>> _kept = [];

    public Recording(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        foreach (string old in Directory.EnumerateFiles(folder, "*.bin"))
            File.Delete(old);
    }

    public int Kept => _kept.Values.Sum(frames => frames.Count);

    public void Keep(in RequestHeader header, ReadOnlySpan<byte> frame)
    {
        lock (_lock)
        {
            if (!_kept.TryGetValue((header.ApiKey, header.ApiVersion), out List<byte[]>? frames))
                _kept[(header.ApiKey, header.ApiVersion)] = frames = [];
            byte[] copy = frame.ToArray();
            if (frames.Count >= MostOfOneVersion || frames.Exists(kept => AreAlike(kept, copy)))
                return;
            frames.Add(copy);
            string suffix = frames.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"_{frames.Count}");
            string name = $"{(short)header.ApiKey:D2}_{header.ApiKey}_v{header.ApiVersion}{suffix}.bin";
            File.WriteAllBytes(Path.Combine(_folder, name), copy);
        }
    }

    /// <summary>Of the same length, and hardly different: another poll of the same partition adds nothing.</summary>
    private static bool AreAlike(byte[] one, byte[] other)
    {
        if (one.Length != other.Length || !one.AsSpan(0, KeyAndVersion).SequenceEqual(other.AsSpan(0, KeyAndVersion)))
            return false;
        int different = 0;
        for (int i = BehindCorrelation; i < one.Length; i++)
            different += one[i] == other[i] ? 0 : 1;
        return different <= 4;
    }
}
