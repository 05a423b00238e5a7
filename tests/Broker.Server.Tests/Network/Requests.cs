using System.Buffers.Binary;

namespace Broker.Server.Tests.Network;

/// <summary>Requests for <see cref="ScriptedDispatcher"/> as a client sends them, length prefix included.</summary>
internal static class Requests
{
    public static byte[] Of(short key, int correlation, int number = 0, int padding = 0)
    {
        byte[] bytes = new byte[4 + 12 + padding];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(4), key);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), correlation);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(12), number);
        return bytes;
    }
}
