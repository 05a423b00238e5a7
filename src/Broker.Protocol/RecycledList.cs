using System.Collections;

namespace Broker.Protocol;

/// <summary>
/// The list of a message's parts. It owns its items: <see cref="Clear"/> empties the list but keeps (a bounded number
/// of) them, and <see cref="Add()"/> hands them out again, reset. So a message that is used again allocates nothing.
/// </summary>
public sealed class RecycledList<T> : IReadOnlyList<T>
    where T : class, IMessagePart, new()
{
    private const int MaxKept = 256;

    private T?[] _items = [];

    public int Count { get; private set; }

    public T this[int index] =>
        (uint)index < (uint)Count ? _items[index]! : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Appends an item with default values and returns it, to be filled in.</summary>
    public T Add()
    {
        T item = Next();
        item.Reset();
        return item;
    }

    /// <summary>Appends an item, which belongs to the list from here on.</summary>
    public void Add(T item)
    {
        MakeRoom();
        _items[Count++] = item;
    }

    public void Clear()
    {
        if (_items.Length > MaxKept)
            Array.Resize(ref _items, MaxKept);
        Count = 0;
    }

    public Enumerator GetEnumerator() => new(this);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Appends an item that still holds its last values; the caller overwrites all of them.</summary>
    internal T Next()
    {
        MakeRoom();
        return _items[Count++] ??= new T();
    }

    private void MakeRoom()
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Math.Max(4, 2 * Count));
    }

    public struct Enumerator(RecycledList<T> list) : IEnumerator<T>
    {
        private int _next;

        public readonly T Current => list._items[_next - 1]!;

        readonly object IEnumerator.Current => Current;

        public bool MoveNext() => _next < list.Count && ++_next > 0;

        public void Reset() => _next = 0;

        public readonly void Dispose()
        {
        }
    }
}
