using Broker.Storage;

namespace Broker.Replication;

/// <summary>Hands what was read from a log to a frame, which holds it until it is sent.</summary>
internal static class SliceFraming
{
    public static void AddTo(this LogSlices slices, PeerFrame frame)
    {
        foreach (ReadOnlyMemory<byte> piece in slices.Pieces)
            frame.AddPayload(piece);

        SharedBuffer? held = null;
        foreach (LogEntry entry in slices.Frames)
        {
            if (entry.Buffer != held)
                frame.Hold(entry.Buffer);
            held = entry.Buffer;
        }
    }
}
